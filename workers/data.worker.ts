// The data worker: decodes, hashes, imports and exports images, and draws views of them. Wiring only; no tensors.
import { decodeInBrowser } from '../src/shared/image/browser-decoder.ts';
import type { PictureApi } from '../src/shared/picture-api.ts';
import type { DataApi } from '../src/shared/data-api.ts';
import { announceForeignRequests } from '../src/shared/foreign-requests.ts';
import { serve } from '../src/shared/rpc.ts';
import { browserPlatform } from './data/browser-platform.ts';
import { encodePng } from './data/encode-png.ts';
import { createDataHandlers } from './data/handlers.ts';
import { createPictureHandlers } from './data/pictures.ts';

const platform = browserPlatform();
announceForeignRequests('data worker');
serve<DataApi & PictureApi>(self, {
  ...createDataHandlers(platform),
  ...createPictureHandlers({ ...platform, decode: decodeInBrowser, encodePng }),
});
