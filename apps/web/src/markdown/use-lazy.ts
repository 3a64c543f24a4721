// Loads a module on first use, for all components that use it.
import { useEffect, useState } from 'react';

export interface Lazy<Module> {
  load: () => Promise<Module>;
  loaded?: Module;
}

/** Undefined until the module is loaded. Its absence must leave something readable. */
export function useLazy<Module>(lazy: Lazy<Module>, isWanted: boolean): Module | undefined {
  const [, setIsLoaded] = useState(lazy.loaded !== undefined);
  useEffect(() => {
    if (!isWanted || lazy.loaded !== undefined) return;
    let isMounted = true;
    lazy.load().then(
      (module) => {
        lazy.loaded = module;
        if (isMounted) setIsLoaded(true);
      },
      () => {},
    );
    return () => {
      isMounted = false;
    };
  }, [lazy, isWanted]);
  return isWanted ? lazy.loaded : undefined;
}
