import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

export const contactOptions = (id: number) =>
  queryOptions({
    queryKey: ["contacts", `contact/${id}`],
    queryFn: ({ signal }) => take(api.GET("/api/v1/contacts/{id}", { params: { path: { id } }, signal })),
  });

export const companyOptions = (id: number) =>
  queryOptions({
    queryKey: ["companies", `company/${id}`],
    queryFn: ({ signal }) => take(api.GET("/api/v1/companies/{id}", { params: { path: { id } }, signal })),
  });
