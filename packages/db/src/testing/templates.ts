// The template databases of a vitest run, one per engine, shared by all projects.
import type { TestProject } from 'vitest/node';

/** Tells a test file where its template is. The workers receive it from vitest. */
export type TemplateSource =
  { engine: 'pglite'; tarball: string } | { engine: 'postgres'; adminUrl: string; name: string };

export interface Template {
  source: TemplateSource;
  remove: () => Promise<void>;
}

interface SharedTemplate {
  users: number;
  template: Promise<Template>;
}

declare module 'vitest' {
  interface ProvidedContext {
    parleyTemplate: TemplateSource;
  }
}

declare global {
  /** Vitest evaluates a global setup once per project, so a module variable would not be shared. */
  var parleyTemplates: Map<TemplateSource['engine'], SharedTemplate> | undefined;
}

/** A vitest global setup: provides the project's template, and returns the teardown. */
export async function provideTemplate(
  project: TestProject,
  engine: TemplateSource['engine'],
  build: () => Promise<Template>,
): Promise<() => Promise<void>> {
  const templates = (globalThis.parleyTemplates ??= new Map<TemplateSource['engine'], SharedTemplate>());
  const shared = templates.get(engine) ?? { users: 0, template: build() };
  templates.set(engine, shared);
  shared.users += 1;
  const { source, remove } = await shared.template;
  project.provide('parleyTemplate', source);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    templates.delete(engine);
    await remove();
  };
}
