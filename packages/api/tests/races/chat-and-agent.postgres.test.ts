import { racePairsOn } from './race-pairs.ts';

racePairsOn('chat', 'agent');
