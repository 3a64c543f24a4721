export { startDemoAgent, type DemoAgent, type DemoAgentOptions } from './start-demo-agent.ts';
