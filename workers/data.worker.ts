// The data worker: decodes, hashes, imports and exports images. Wiring only; no tensors.
import type { DataApi } from '../src/shared/protocol.ts';
import { serve } from '../src/shared/rpc.ts';
import { createDataHandlers } from './data/handlers.ts';
import { browserPlatform } from './data/platform.ts';

serve<DataApi>(self, createDataHandlers(browserPlatform()));
