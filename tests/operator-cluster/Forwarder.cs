using System.Net;
using System.Net.Sockets;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>Passes connections on to a server, until it is told to cut them, to hold them up, or to take no new ones.</summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Connection> _connections = [];
    private readonly Uri _target;
    private readonly Task _accepting;
    private volatile bool _refuses;

    /// <summary>Starts.</summary>
    public Forwarder(string target)
    {
        _target = new Uri(target);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Whether new connections are closed at once.</summary>
    public bool Refuses
    {
        get => _refuses;
        set => _refuses = value;
    }

    /// <summary>Connections so far.</summary>
    public int Accepted { get; private set; }

    /// <summary>Ends all connections.</summary>
    public void Cut() => Each(c => c.Dispose());

    /// <summary>From now on nothing passes on today's connections; they stay open, as behind a broken switch.</summary>
    public void Hold() => Each(c => c.Hold());

    /// <summary>What was held up passes now.</summary>
    public void Release() => Each(c => c.Release());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Release();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private void Each(Action<Connection> act)
    {
        lock (_lock)
            _connections.ForEach(act);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Accepted++;
                if (_refuses)
                {
                    client.Dispose();
                    continue;
                }
                var server = new TcpClient { NoDelay = true };
                await server.ConnectAsync(_target.Host, _target.Port, _stop.Token);
                client.NoDelay = true;
                lock (_lock)
                    _connections.Add(new Connection(client, server));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The end, or a server that is down: then the client's connection ends with it.
            }
        }
    }

    private sealed class Connection : IDisposable
    {
        private readonly TcpClient _client;
        private readonly TcpClient _server;
        private volatile TaskCompletionSource _open = Opened();

        public Connection(TcpClient client, TcpClient server)
        {
            (_client, _server) = (client, server);
            _ = PumpAsync(client, server);
            _ = PumpAsync(server, client);
        }

        public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _open.TrySetResult();

        public void Dispose()
        {
            _client.Dispose();
            _server.Dispose();
        }

        private async Task PumpAsync(TcpClient from, TcpClient to)
        {
            var buffer = new byte[16384];
            try
            {
                while (await from.GetStream().ReadAsync(buffer) is var count and > 0)
                {
                    await _open.Task;
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, from here or there.
            }
            Dispose();
        }

        private static TaskCompletionSource Opened()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }
    }
}
