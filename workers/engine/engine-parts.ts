// What every job of the engine works with.
import type { Database } from '../../src/shared/storage/database.ts';
import type { EngineBackend } from './backend.ts';
import type { ImageSource } from './images.ts';
import type { ModelFolders } from '../../src/shared/models/model-folder.ts';
import type { ModelStore } from './models.ts';

export interface EngineParts {
  db: Database;
  backend: EngineBackend;
  folders: ModelFolders;
  models: ModelStore;
  images: ImageSource;
}
