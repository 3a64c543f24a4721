import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { getProcedureAtPath } from '@trpc/server/unstable-core-do-not-import';

/** Gives a promise only where a lazy router may have to be loaded first. */
export function findProcedure(
  router: AnyTRPCRouter,
  path: string,
): AnyTRPCProcedure | null | Promise<AnyTRPCProcedure | null> {
  const { procedures, lazy } = router._def;
  const procedure: AnyTRPCProcedure | undefined = procedures[path];
  if (procedure !== undefined) return procedure;
  for (const _ in lazy) return getProcedureAtPath(router, path);
  return null;
}
