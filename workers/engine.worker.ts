// The engine worker: owns the backend, the weights and every tensor. Wiring only.
import type { EngineApi } from '../src/shared/engine-api.ts';
import { announceForeignRequests } from '../src/shared/foreign-requests.ts';
import { serve } from '../src/shared/rpc.ts';
import { browserPlatform } from './engine/browser-platform.ts';
import { createEngineHandlers } from './engine/engine.ts';

announceForeignRequests('engine worker');
serve<EngineApi>(self, createEngineHandlers(browserPlatform()));
