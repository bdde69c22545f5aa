import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * A MongoDB stand-in for a bare machine: mongo-java-server behind the wire version that today's drivers ask for.
 * Usage: java -cp JARS MongoStandIn.java HOST PORT (memory | FILE)
 */
public final class MongoStandIn {
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

  /** The stock H2 backend commits once a second, so a kill would lose acknowledged writes: here the commit comes first. */
  private static final class DurableBackend extends H2Backend {
    private final Object commitLock = new Object();

    DurableBackend(MVStore store) {
      super(store);
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
        return super.handleCommand(channel, database, command, query);
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

  public static void main(String[] args) {
    String host = args[0];
    int port = Integer.parseInt(args[1]);
    MongoBackend backend =
        args[2].equals("memory") ? new MemoryBackend() : new DurableBackend(MVStore.open(args[2]));
    MongoServer server = new MongoServer(backend.version(VERSION));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind(host, port);
  }
}
