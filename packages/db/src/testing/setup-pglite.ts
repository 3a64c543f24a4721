// Vitest's global setup for a project that runs on PGlite.
import type { TestProject } from 'vitest/node';
import { buildPGliteTemplate } from './pglite-template.ts';
import { provideTemplate } from './templates.ts';

export const setup = (project: TestProject) => provideTemplate(project, 'pglite', buildPGliteTemplate);
