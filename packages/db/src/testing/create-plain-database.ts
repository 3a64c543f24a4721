import { open } from '../open.ts';
import { runAsAdmin, withDatabase } from './postgres-template.ts';

/** A migrated database whose owner is not a superuser, as in production. */
export interface PlainDatabase {
  /** The URL with the credentials of the owner. */
  url: string;
  /** The URL with the credentials of the superuser. */
  adminUrl: string;
}

/** Creates the database and the login `parley` on a server from `startPostgres`. */
export async function createPlainDatabase(serverUrl: string): Promise<PlainDatabase> {
  await runAsAdmin(serverUrl, `create role parley login createrole password 'parley'`);
  await runAsAdmin(serverUrl, 'create database parley owner parley');
  const adminUrl = withDatabase(serverUrl, 'parley');
  const { href: url } = Object.assign(new URL(adminUrl), { username: 'parley', password: 'parley' });
  await (await open({ url })).destroy();
  return { url, adminUrl };
}
