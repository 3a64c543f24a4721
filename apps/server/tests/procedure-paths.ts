import { appRouter } from '@parley/api';
import type { AnyTRPCProcedure, TRPCProcedureType } from '@trpc/server';
import { z } from 'zod';

/** At run time, a flat record with paths as keys, unlike its type. */
const procedures = z
  .record(
    z.string(),
    z.custom<AnyTRPCProcedure>((value) => typeof value === 'function' && '_def' in value),
  )
  .parse(appRouter._def.procedures);

/** The paths of all procedures of a type, such as `chat.send`. */
export function procedurePaths(type: TRPCProcedureType): string[] {
  return Object.keys(procedures).filter((path) => procedures[path]?._def.type === type);
}
