// The commands by which a server's process lets itself be profiled.
import { startProfile, type ProfileShares } from './cpu-profile.ts';

let stop: ((file: string) => Promise<ProfileShares>) | undefined;

export const profileCommands = {
  async startProfile(): Promise<void> {
    stop = await startProfile();
  },
  async stopProfile(file: string): Promise<ProfileShares> {
    if (stop === undefined) throw new Error('no profile was started');
    return stop(file);
  },
};

export type ProfileCommands = typeof profileCommands;
