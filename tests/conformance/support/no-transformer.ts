/** What tRPC does without a transformer, as one: the types of links and routers then are the same with and without. */
export const noTransformer = {
  serialize: (value: unknown): unknown => value,
  deserialize: (value: unknown): unknown => value,
};
