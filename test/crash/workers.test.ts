import { workersShare } from './workers.ts';

workersShare({
  name: 'two workers on one PostgreSQL say five hundred messages once each',
  messages: 500,
  kills: 0,
});
