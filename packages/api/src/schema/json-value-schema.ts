import type { JsonValue } from '@parley/runs';
import { z } from 'zod';

/** Any JSON value. Its type is Parley's, so that the router's inputs and outputs name no type of zod. */
export const jsonValueSchema: z.ZodType<JsonValue, JsonValue> = z.json();
