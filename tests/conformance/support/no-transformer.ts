/** The identity transformer, tRPC's default. Naming it gives links and routers the same types with and without superjson. */
export const noTransformer = {
  serialize: (value: unknown): unknown => value,
  deserialize: (value: unknown): unknown => value,
};
