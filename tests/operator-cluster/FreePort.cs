using System.Net;
using System.Net.Sockets;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>A port on which nobody listens just now.</summary>
internal static class FreePort
{
    /// <summary>Another one each time.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
