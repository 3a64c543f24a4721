import { router } from '../trpc.ts';
import { createAgentProcedure } from './create-agent.ts';
import { deleteAgentProcedure } from './delete-agent.ts';
import { getAgentProcedure } from './get-agent.ts';
import { getAvatarProcedure } from './get-avatar.ts';
import { listAgentsProcedure } from './list-agents.ts';
import { removeAvatarProcedure } from './remove-avatar.ts';
import { setAvatarProcedure } from './set-avatar.ts';
import { testAgentProcedure } from './test-agent.ts';
import { updateAgentProcedure } from './update-agent.ts';

export const agentRouter = router({
  list: listAgentsProcedure,
  get: getAgentProcedure,
  create: createAgentProcedure,
  update: updateAgentProcedure,
  test: testAgentProcedure,
  delete: deleteAgentProcedure,
  avatar: getAvatarProcedure,
  setAvatar: setAvatarProcedure,
  removeAvatar: removeAvatarProcedure,
});
