import java.lang.reflect.Field;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local in memory, on a free port of 127.0.0.1: its own main class listens on every address and has no
 * option for it. Prints the port on a line of its own and ends when its standard input does, so that it never
 * outlives whoever started it. Its telemetry, which its own main class would set up, stays off.
 */
public final class DynamoDbLocalOnLoopback {
  public static void main(String[] args) throws Exception {
    DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(new String[] {"-inMemory"});
    Field field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    Server server = (Server) field.get(proxy);
    ServerConnector connector = (ServerConnector) server.getConnectors()[0];
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    server.start();
    System.out.println("port " + connector.getLocalPort());
    while (System.in.read() != -1) {}
    System.exit(0);
  }
}
