// Stands in for `@parley/api` where the published declarations are built (paths in tsconfig.pack.json). The compiler
// writes the inferred type of `clientRouter` with all inputs and outputs spelled out, so the declarations need neither the
// server's packages nor zod.
import type {
  AnyRouter,
  TRPCBuiltRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { AppRouter as ServerRouter } from '../../api/src/index.ts';

export type { AnswerPart, ErrorReason, RunEvent } from '../../api/src/index.ts';

type ErrorShape<Router extends AnyRouter> = Router['_def']['_config']['$types']['errorShape'];

/** What clients know of a procedure, or of each procedure of a record. `infer` makes the compiler spell the type out. */
type SeenByClients<Value> =
  Value extends TRPCQueryProcedure<infer Def>
    ? TRPCQueryProcedure<{ input: Def['input']; output: Def['output']; meta: object }>
    : Value extends TRPCMutationProcedure<infer Def>
      ? TRPCMutationProcedure<{ input: Def['input']; output: Def['output']; meta: object }>
      : Value extends TRPCSubscriptionProcedure<infer Def>
        ? TRPCSubscriptionProcedure<{ input: Def['input']; output: Def['output']; meta: object }>
        : Value extends infer Members
          ? { [Name in keyof Members]: SeenByClients<Members[Name]> }
          : never;

declare function seenByClients<Router extends AnyRouter>(): TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape<Router>; transformer: true },
  Router['_def']['record'] extends infer Members extends object
    ? { [Name in keyof Members]: SeenByClients<Members[Name]> }
    : never
>;

export const clientRouter = seenByClients<ServerRouter>();

export type AppRouter = typeof clientRouter;
