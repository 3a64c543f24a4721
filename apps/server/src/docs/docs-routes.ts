// The API documentation: /openapi.json and the pages that render it. They load nothing from other servers.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createOpenApiDocument, createRestNames, type RestRoute } from '@parley/api';
import type { Route } from '../edge/route.ts';
import { cachedFile } from './cached-file.ts';
import { clientPackFile, sendClientPack } from './client-pack.ts';

const require = createRequire(import.meta.url);

const JSON_TEXT = 'application/json; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

export function docsRoutes(procedures: RestRoute[]): Route[] {
  return [
    { path: '/openapi.json', handle: cachedFile(JSON_TEXT, () => writeDocument(procedures)) },
    { path: '/client.tgz', handle: sendClientPack(clientPackFile()) },
    page('/docs', HTML, () => swaggerPage),
    page('/docs/init.js', JAVASCRIPT, () => swaggerInit),
    page('/docs/swagger-ui.css', CSS, () => readText(require.resolve('swagger-ui-dist/swagger-ui.css'))),
    page('/docs/swagger-ui-bundle.js', JAVASCRIPT, () =>
      readText(require.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
    ),
    page('/redoc', HTML, () => redocPage),
    page('/redoc/init.js', JAVASCRIPT, () => redocInit),
    page('/redoc/redoc.standalone.js', JAVASCRIPT, readRedoc),
  ];
}

function page(path: string, contentType: string, read: () => string | Promise<string>): Route {
  return { path, kind: 'docs', handle: cachedFile(contentType, read) };
}

function writeDocument(procedures: RestRoute[]): string {
  return JSON.stringify(createOpenApiDocument(procedures, createRestNames(procedures)));
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8');
}

/** Replaces the bundle's logo, which would load from Redocly's servers. */
async function readRedoc(): Promise<string> {
  const bundle = await readText(require.resolve('redoc/bundles/redoc.standalone.js'));
  return bundle.replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', 'data:,');
}

// The content security policy forbids inline scripts, so the code that starts each page is a file too.
const swaggerPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Parley API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>
  </body>
</html>
`;

// Without validatorUrl: null, Swagger UI would send the document's URL to swagger.io.
const swaggerInit = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
});
`;

const redocPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Parley API</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/redoc/redoc.standalone.js"></script>
    <script src="/redoc/init.js"></script>
  </body>
</html>
`;

const redocInit = `Redoc.init('/openapi.json', { hideLoading: true }, document.getElementById('docs'));
`;
