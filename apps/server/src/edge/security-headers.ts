// Headers that tell browsers what an answer of ours may do. helmet says which and with what values; they are the same for
// every request, so it is asked once and not on the way of each.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/** What kind of thing is answered: data, the web page, or the pages that document the API. */
export type AnswerKind = 'data' | 'page' | 'docs';

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

/** Our own files and nothing else: no inline script, no image of another server that an answer could name. */
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

const policies: Record<AnswerKind, Policy> = {
  data: nothing,
  page: { useDefaults: false, directives: ownFiles },
  docs: {
    useDefaults: false,
    // Swagger UI and Redoc write their styles into the page, and Redoc searches in a worker that it makes from a blob.
    directives: {
      ...ownFiles,
      'style-src': ["'self'", "'unsafe-inline'"],
      'worker-src': ["'self'", 'blob:'],
    },
  },
};

/** For old browsers and plugins, or about links and windows: nothing that data has. */
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
  set(response: ServerResponse, kind: AnswerKind, isSecure: boolean): void;
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

function headersFor(kind: AnswerKind, isSecure: boolean): HeaderList {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    ...(kind === 'data' ? notForData : { xFrameOptions: { action: 'deny' as const } }),
    contentSecurityPolicy: policies[kind],
    // Over HTTP browsers ignore it. Other services on subdomains are not ours to decide about.
    ...(isSecure
      ? { strictTransportSecurity: { includeSubDomains: false } }
      : { strictTransportSecurity: false }),
  })(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  // Answers hold what only this user may see. Files of the page say themselves how long they may be kept.
  if (kind === 'data') response.setHeader('cache-control', 'no-store');
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}
