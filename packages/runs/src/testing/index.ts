// A webhook for tests: a real HTTP server on loopback that answers as the test says.
export { startTestWebhook, type TestWebhook, type TestWebhookRequest } from './start-test-webhook.ts';
