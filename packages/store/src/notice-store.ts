import type { NoticeStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import {
  addChannel,
  editChannel,
  findChannel,
  findSendingChannel,
  listChannels,
  removeChannel,
  rotateSecret,
  unknownChannels,
} from './queries/notice-channels.ts';
import {
  findDelivery,
  listDeliveries,
  redeliver,
  testChannel,
} from './queries/notice-deliveries.ts';
import { addRoute, findRoute, listRoutes, removeRoute } from './queries/notice-routes.ts';

/** What the API asks about notifications, on the pool of its other questions. */
export function createNoticeStore(db: Database): NoticeStore {
  return {
    channel: (access, idOrName) => findChannel(db, access, idOrName),
    channels: (access, page) => listChannels(db, access, page),
    addChannel: (channel) => addChannel(db, channel),
    editChannel: (access, edit) => editChannel(db, access, edit),
    rotate: (access, rotation) => rotateSecret(db, access, rotation),
    removeChannel: (access, id, audit) => removeChannel(db, access, id, audit),
    sendingChannel: (owner, name) => findSendingChannel(db, owner, name),
    unknownChannels: (owner, names) => unknownChannels(db, owner, names),
    route: (access, id) => findRoute(db, access, id),
    routes: (access, page) => listRoutes(db, access, page),
    addRoute: (route) => addRoute(db, route),
    removeRoute: (access, id, audit) => removeRoute(db, access, id, audit),
    delivery: (access, id) => findDelivery(db, access, id),
    deliveries: (access, filter, page) => listDeliveries(db, access, filter, page),
    redeliver: (access, id, audit) => redeliver(db, access, id, audit),
    testChannel: (access, id, audit) => testChannel(db, access, id, audit),
  };
}
