/** Reading the part of the address after "?": what is not understood is left out. */
type Search = Record<string, unknown>;
type Found<Name extends string, Value> = Partial<Record<Name, Value>>;

function found<Name extends string, Value>(name: Name, value: Value | undefined): Found<Name, Value> {
  return value === undefined ? {} : ({ [name]: value } as Found<Name, Value>);
}

export function aNumber<Name extends string>(search: Search, name: Name): Found<Name, number> {
  const value = Number(search[name]);
  return found(name, Number.isSafeInteger(value) && value > 0 ? value : undefined);
}

export function aText<Name extends string>(search: Search, name: Name): Found<Name, string> {
  const value = search[name];
  const text = typeof value === "number" ? String(value) : value;
  return found(name, typeof text === "string" && text !== "" ? text : undefined);
}

export function aDate<Name extends string>(search: Search, name: Name): Found<Name, string> {
  const value = search[name];
  return found(name, typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);
}

export function oneOf<Name extends string, const Value extends string>(
  search: Search,
  name: Name,
  values: readonly Value[],
): Found<Name, Value> {
  return found(
    name,
    values.find((value) => value === search[name]),
  );
}
