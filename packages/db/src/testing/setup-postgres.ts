// Vitest's global setup for a project that runs on Postgres.
import type { TestProject } from 'vitest/node';
import { buildPostgresTemplate } from './postgres-template.ts';
import { provideTemplate } from './templates.ts';

export const setup = (project: TestProject) => provideTemplate(project, 'postgres', buildPostgresTemplate);
