import { type Health, infoSchema, readinessSchema } from '@triflow/api/routes';
