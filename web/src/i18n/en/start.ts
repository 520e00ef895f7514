import { actions } from "./actions";
import { inbox } from "./inbox";
import { shell } from "./shell";

/** What is shown before anything further has been fetched. */
export const start = { ...shell, ...actions, ...inbox } as const;
