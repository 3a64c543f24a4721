// Security headers for browsers. helmet computes them once at the start, since they are the same for every request of a
// kind.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/** The kind of a response: data, the web page, or the API documentation pages. */
export type ResponseKind = 'data' | 'page' | 'docs';

type Policy = NonNullable<Exclude<HelmetOptions['contentSecurityPolicy'], boolean>>;

const nothing: Policy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
    sandbox: [],
  },
};

/** Own files only: no inline scripts, and no images of other servers, which an answer could reference. */
const ownFiles = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

const policies: Record<ResponseKind, Policy> = {
  data: nothing,
  page: { useDefaults: false, directives: ownFiles },
  docs: {
    useDefaults: false,
    // Swagger UI and Redoc insert inline styles, and Redoc runs its search in a worker from a blob.
    directives: {
      ...ownFiles,
      'style-src': ["'self'", "'unsafe-inline'"],
      'worker-src': ["'self'", 'blob:'],
    },
  },
};

/** Headers for pages only: about old browsers, plugins, links and windows. */
const notForData = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

export interface SecurityHeaders {
  set(response: ServerResponse, kind: ResponseKind, isSecure: boolean): void;
}

type HeaderList = readonly (readonly [name: string, value: string])[];

export function createSecurityHeaders(): SecurityHeaders {
  const plain = {
    data: headersFor('data', false),
    page: headersFor('page', false),
    docs: headersFor('docs', false),
  };
  const secure = {
    data: headersFor('data', true),
    page: headersFor('page', true),
    docs: headersFor('docs', true),
  };
  return {
    set(response, kind, isSecure) {
      for (const [name, value] of (isSecure ? secure : plain)[kind]) response.setHeader(name, value);
    },
  };
}

function headersFor(kind: ResponseKind, isSecure: boolean): HeaderList {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    ...(kind === 'data' ? notForData : { xFrameOptions: { action: 'deny' as const } }),
    contentSecurityPolicy: policies[kind],
    // Browsers ignore it over HTTP. Subdomains may belong to other services.
    ...(isSecure
      ? { strictTransportSecurity: { includeSubDomains: false } }
      : { strictTransportSecurity: false }),
  })(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  // Data may be private to the user. The page's files set their own cache-control.
  if (kind === 'data') response.setHeader('cache-control', 'no-store');
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}
