import type { NextConfig } from 'next';

const parley = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:8000';

// The browser sees one origin, so Parley's cookies work without CORS.
const config: NextConfig = {
  rewrites: () => Promise.resolve([{ source: '/trpc/:path*', destination: `${parley}/trpc/:path*` }]),
};

export default config;
