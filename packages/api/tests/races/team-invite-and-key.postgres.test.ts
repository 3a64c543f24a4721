import { racePairsOn } from './race-pairs.ts';

racePairsOn('team', 'invite', 'apiKey');
