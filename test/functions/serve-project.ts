import type { ApplicationOptions } from '#src/application.js';
import { functionProject } from '#src/functions/project.js';
import { serve, type Served } from '../serve.js';
import { ProjectFolder } from './project-folder.js';

export interface ServedProject extends Served {
  readonly folder: ProjectFolder;
}

/** The functions of a folder of these files, on a free port. */
export async function serveProject(
  files: Readonly<Record<string, string | object>>,
  options: Partial<ApplicationOptions> = {},
): Promise<ServedProject> {
  const folder = new ProjectFolder(files);
  try {
    const served = await serve({ controllers: [], functions: functionProject(folder.path), ...options });
    const close = async () => {
      await served.close();
      folder.remove();
    };
    return { ...served, folder, close };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
