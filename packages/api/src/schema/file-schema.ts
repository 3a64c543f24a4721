// Outputs that REST serves as files.
import { z } from 'zod';

/** A whole file: see `BytesResponse`. */
export const bytesOutput = z.object({
  contentType: z.string(),
  etag: z.string(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

/** One piece of a text: see `ExportResponse`. All pieces, joined in order, are the whole text. */
export const exportOutput = z.object({ text: z.string(), nextCursor: z.string().nullable() });
