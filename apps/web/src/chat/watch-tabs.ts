import { hearTabs } from '../api/tabs.ts';
import { hearOf } from '../api/api.ts';
import { refreshChats, refreshMessages } from './message-cache.ts';

/** What another tab has written is shown here as well. */
export function watchTabs(): void {
  hearTabs((news) => {
    if (news.type === 'chat') void refreshMessages(news.chatId).catch(hearOf);
    if (news.type === 'chat' || news.type === 'chats') void refreshChats();
  });
}
