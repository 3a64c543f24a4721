export { pack } from './pack.ts';
export { publishedPackages, type PublishedPackage } from './published-packages.ts';
