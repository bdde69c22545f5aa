import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * A MongoDB stand-in for a bare machine: mongo-java-server with what today's drivers and this product need on top.
 * Usage: java -cp JARS MongoStandIn.java HOST PORT (memory | FILE)
 */
public final class MongoStandIn {
  public static void main(String[] args) {
    String host = args[0];
    int port = Integer.parseInt(args[1]);
    MongoBackend backend = args[2].equals("memory") ? new InMemory() : new Durable(open(args[2]));
    MongoServer server = new MongoServer(backend.version(VERSION));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind(host, port);
  }

  /**
   * A commit rewrites whole pages: small ones, and free ones soon used again, keep the file from growing by them. Every query without a
   * unique key reads a whole collection: after a restart it must fit into the cache, or each one reads it from the file again.
   */
  private static MVStore open(String file) {
    MVStore store = new MVStore.Builder().fileName(file).keysPerPage(8).cacheSize(96).open();
    store.setRetentionTime(5_000);
    return store;
  }

  /** Drivers of the 7 line refuse wire versions below 9; 13 is that of MongoDB 5.0, whose commands this server speaks. */
  private static final MongoVersion VERSION =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
          return 13;
        }
      };

  /** The server knows the handshake only by its old name. */
  private static String oldName(String command) {
    return command.equalsIgnoreCase("hello") ? "isMaster" : command;
  }

  private static Document withNewName(String command, Document reply) {
    return command.equalsIgnoreCase("hello") ? reply.append("isWritablePrimary", true) : reply;
  }

  private static final class InMemory extends MemoryBackend {
    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
      return withNewName(command, super.handleCommand(channel, database, oldName(command), query));
    }

    @Override
    public MemoryDatabase openOrCreateDatabase(String name) {
      return new MemoryDatabase(name, getCursorRegistry()) {
        @Override
        protected Index<Integer> openOrCreateUniqueIndex(
            String collection, String indexName, List<IndexKey> keys, boolean sparse) {
          return new WideIndex<>(super.openOrCreateUniqueIndex(collection, indexName, keys, sparse), keys, sparse);
        }
      };
    }
  }

  /** The stock H2 backend commits once a second, so a kill would lose acknowledged writes: here the commit comes first. */
  private static final class Durable extends H2Backend {
    private final Object commitLock = new Object();

    Durable(MVStore store) {
      super(store);
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
      return new H2Database(name, getMvStore(), getCursorRegistry()) {
        @Override
        protected Index<Object> openOrCreateUniqueIndex(
            String collection, String indexName, List<IndexKey> keys, boolean sparse) {
          return new WideIndex<>(super.openOrCreateUniqueIndex(collection, indexName, keys, sparse), keys, sparse);
        }
      };
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      try {
        return super.handleMessage(message);
      } finally {
        commitBeforeReply();
      }
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
      try {
        return withNewName(command, super.handleCommand(channel, database, oldName(command), query));
      } finally {
        commitBeforeReply();
      }
    }

    /** One lock, so that a write found already saved is really in the file and not still on its way there. */
    private void commitBeforeReply() {
      synchronized (commitLock) {
        if (getMvStore().hasUnsavedChanges()) {
          getMvStore().commit();
        }
      }
    }
  }

  /**
   * The stock unique index serves only a filter with exactly its own keys. This one also serves a filter with more
   * fields, such as the identity together with the version: it finds by its keys, and the collection checks the rest.
   */
  private static final class WideIndex<P> extends Index<P> {
    private final Index<P> inner;

    WideIndex(Index<P> inner, List<IndexKey> keys, boolean sparse) {
      super(inner.getName(), keys, sparse);
      this.inner = inner;
    }

    private Document narrowed(Document query) {
      Document own = new Document();
      for (String key : keys()) {
        if (query.containsKey(key)) {
          own.put(key, query.get(key));
        }
      }
      return own;
    }

    @Override
    public boolean canHandle(Document query) {
      return inner.canHandle(narrowed(query));
    }

    @Override
    public Iterable<P> getPositions(Document query) {
      return inner.getPositions(narrowed(query));
    }

    @Override
    public boolean isUnique() {
      return inner.isUnique();
    }

    @Override
    public P getPosition(Document document) {
      return inner.getPosition(document);
    }

    @Override
    public void checkAdd(Document document, MongoCollection<P> collection) {
      inner.checkAdd(document, collection);
    }

    @Override
    public void add(Document document, P position, MongoCollection<P> collection) {
      inner.add(document, position, collection);
    }

    @Override
    public P remove(Document document) {
      return inner.remove(document);
    }

    @Override
    public void checkUpdate(Document before, Document after, MongoCollection<P> collection) {
      inner.checkUpdate(before, after, collection);
    }

    @Override
    public void updateInPlace(Document before, Document after, P position, MongoCollection<P> collection) {
      inner.updateInPlace(before, after, position, collection);
    }

    @Override
    public boolean isEmpty() {
      return inner.isEmpty();
    }

    @Override
    public long getCount() {
      return inner.getCount();
    }

    @Override
    public long getDataSize() {
      return inner.getDataSize();
    }

    @Override
    public void drop() {
      inner.drop();
    }
  }
}
