// Generates clients from the OpenAPI document with three generators, without a network.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { generate } from 'orval';

export const generators = ['openapi-fetch', 'hey-api', 'orval'] as const;

/** @param url the server's address, which orval writes into its client */
export async function generateClients(dir: string, document: string, url: string): Promise<void> {
  const input = path.join(dir, 'openapi.json');
  await writeFile(input, document);
  for (const generator of generators) await mkdir(path.join(dir, generator));
  await writeFile(
    path.join(dir, 'openapi-fetch/generated.ts'),
    astToString(await openapiTypescript(document)),
  );
  await createClient({
    input,
    output: { path: path.join(dir, 'hey-api/generated'), module: { extension: '.ts' } },
    logs: { level: 'silent', file: false },
    plugins: ['@hey-api/client-fetch', '@hey-api/sdk', '@hey-api/typescript'],
  });
  await generate({
    input: { target: input },
    output: { target: path.join(dir, 'orval/generated.ts'), client: 'fetch', mode: 'single', baseUrl: url },
  });
}
