import { workersShare } from '../workers.ts';

workersShare({
  name: 'two workers, of which one after the other is killed and replaced, say everything once or show it as uncertain',
  messages: 2000,
  kills: 10,
});
