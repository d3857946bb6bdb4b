// The statistics worker: resampling, paired tests and fits, so that the page never waits for them. Wiring only.
import { announceForeignRequests } from '../src/shared/foreign-requests.ts';
import { serve } from '../src/shared/rpc.ts';
import type { StatisticsApi } from '../src/shared/statistics-api.ts';
import { statisticsHandlers } from './statistics/handlers.ts';

announceForeignRequests('statistics worker');
serve<StatisticsApi>(self, statisticsHandlers);
