import { lazyRouteComponent } from "@tanstack/react-router";
import { type ComponentType, useDeferredValue } from "react";

import { isMissing, Missing } from "@/lib/renewal";

/** Drawn behind the frame that answers the hand, a slice at a time: going somewhere is never stuck. */
function behind(Screen: ComponentType): ComponentType {
  return function Behind() {
    const drawn = useDeferredValue(true, false);
    return drawn ? <Screen /> : null;
  };
}

/** A screen whose code is fetched when one turns to it. */
export const screen = <Name extends string>(
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): ReturnType<typeof lazyRouteComponent> =>
  lazyRouteComponent(() =>
    load().then(
      (file) => ({ default: behind(file[name]) }),
      (error: unknown) => {
        throw isMissing(error) ? new Missing(name) : error; // the router would load the page anew, network or not
      },
    ),
  );
