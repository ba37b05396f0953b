using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FedOperator.Operator.Local;

/// <summary>The Azure Storage emulator, on a free port of this machine; it ends with this process.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "fedoperator";
    private static readonly TimeSpan s_startup = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private Azurite(Process process, int port, string key)
    {
        _process = process;
        Url = $"http://127.0.0.1:{port}/{Account}";
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};BlobEndpoint={Url};";
    }

    /// <summary>The account's address.</summary>
    public string Url { get; }

    /// <summary>With the account's key, drawn for this start: kept in memory only.</summary>
    public string ConnectionString { get; }

    /// <summary>Azurite's blob server in a folder where npm installed it; null where there is none.</summary>
    public static string? Find(string folder)
    {
        var script = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        return File.Exists(script) ? script : null;
    }

    /// <summary>The nearest artifacts/tools/azurite above a folder, or null.</summary>
    public static string? FindAbove(params string[] folders) =>
        folders.SelectMany(Above).Select(folder => Find(Path.Combine(folder, "artifacts", "tools", "azurite"))).FirstOrDefault(script => script is not null);

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<Azurite> StartAsync(string script, string location, string log, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(location);
        var port = FreePort();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        // The shell holds a pipe from this process: when that closes, however this process ended, so does Azurite.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in (string[])["-c", "log=$1; shift; \"$@\" >>\"$log\" 2>&1 </dev/null & child=$!; trap '' INT; cat >/dev/null; kill \"$child\"; wait \"$child\"", "sh", log,
            "node", script, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--blobHost", "127.0.0.1", "--blobPort", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--location", location])
            start.ArgumentList.Add(argument);
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{key}";
        var azurite = new Azurite(Process.Start(start)!, port, key);
        try
        {
            await azurite.AnswersAsync(port, log, cancellationToken).ConfigureAwait(false);
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task AnswersAsync(int port, string log, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_startup);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, patience.Token).ConfigureAwait(false);
                return;
            }
            catch (SocketException) when (!_process.HasExited && !patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException($"Azurite did not answer on port {port}: see {log}. Is node installed, and artifacts/tools/azurite complete (tests/azurite/install.sh)?", e);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            yield return at.FullName;
    }
}
