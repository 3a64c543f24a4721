import { racePairsOn } from './race-pairs.ts';

racePairsOn('user');
