// Security headers for browsers. helmet computes them once at the start, since they are the same for every request of a
// kind.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/** The kind of a response: data, the web page, the frame in which the page draws diagrams, or the API documentation. */
export type ResponseKind = 'data' | 'page' | 'diagrams' | 'docs';

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
  diagrams: {
    useDefaults: false,
    // Mermaid inserts inline styles, so the page draws diagrams in a frame. The sandbox takes the frame's origin away: it has
    // no cookies and no access to the page, and can request nothing but its own scripts.
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'unsafe-inline'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'self'"],
      sandbox: ['allow-scripts'],
    },
  },
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
  const plain = allHeaders(false);
  const secure = allHeaders(true);
  return {
    set(response, kind, isSecure) {
      for (const [name, value] of (isSecure ? secure : plain)[kind]) response.setHeader(name, value);
    },
  };
}

function allHeaders(isSecure: boolean): Record<ResponseKind, HeaderList> {
  return {
    data: headersFor('data', isSecure),
    page: headersFor('page', isSecure),
    diagrams: headersFor('diagrams', isSecure),
    docs: headersFor('docs', isSecure),
  };
}

function headersFor(kind: ResponseKind, isSecure: boolean): HeaderList {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    ...(kind === 'data'
      ? notForData
      : { xFrameOptions: { action: kind === 'diagrams' ? 'sameorigin' : 'deny' } }),
    // Without an origin, the frame is foreign to its own scripts.
    ...(kind === 'diagrams' ? { crossOriginResourcePolicy: { policy: 'cross-origin' as const } } : {}),
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
