using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FedOperator.Core.Storage;

namespace FedOperator.Tests.Azurite;

/// <summary>A running Azurite, with its data in memory or in a folder. Ended by its process id.</summary>
internal sealed partial class Azurite : IAsyncDisposable
{
    // the emulator's published account, no secret: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int SigTerm = 15;
    private const string Announcement = "successfully listens on ";
    private readonly Process _process;

    private Azurite(Process process, string address)
    {
        _process = process;
        Address = address;
        Stores = BlobStores.Open(ConnectionString);
    }

    /// <summary>`http://HOST:PORT`.</summary>
    public string Address { get; }

    /// <summary>The account's URL.</summary>
    public string AccountUrl => $"{Address}/{Account}";

    /// <summary>With the account's key: may do everything.</summary>
    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={AccountUrl};";

    /// <summary>The key, to be looked for in messages that must not have it.</summary>
    public static string AccountKey => Key;

    /// <summary>The store of the one who creates containers.</summary>
    public BlobStores Stores { get; }

    /// <summary>Starts one.</summary>
    /// <param name="folder">Where it keeps its data; null: in memory.</param>
    /// <param name="port">Its port; 0: a free one.</param>
    /// <param name="more">More arguments; `--blobHost ADDRESS` among them: instead of 127.0.0.1.</param>
    /// <exception cref="InvalidOperationException">It is not installed (the message has the command), or does not start.</exception>
    public static async Task<Azurite> StartAsync(string? folder = null, int port = 0, params string[] more)
    {
        var program = Path.Join(Programs.Root, "artifacts/tools/azurite/node_modules/azurite/dist/src/blob/main.js");
        if (!File.Exists(program))
            throw new InvalidOperationException("Azurite is not installed; install it with: tests/azurite/install.sh");
        string[] host = more.Contains("--blobHost", StringComparer.Ordinal) ? [] : ["--blobHost", "127.0.0.1"];
        string[] data = folder is null ? ["--inMemoryPersistence"] : ["--location", folder];
        var start = new ProcessStartInfo("node", [program, .. host, "--blobPort", port.ToString(CultureInfo.InvariantCulture), .. data, "--disableTelemetry", "--skipApiVersionCheck", .. more])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start; install it with: apt-get install nodejs");
        try
        {
            return new Azurite(process, await AddressAsync(process));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    private static async Task<string> AddressAsync(Process process)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            said.Add(line);
            var at = line.IndexOf(Announcement, StringComparison.Ordinal);
            if (at < 0)
                continue;
            // its request log must go somewhere, or it blocks
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return line[(at + Announcement.Length)..].Trim();
        }
        throw new InvalidOperationException($"Azurite ended: {string.Join('\n', said)}\n{await process.StandardError.ReadToEndAsync(deadline.Token)}");
    }

    /// <summary>A container's URL with its signature.</summary>
    public async Task<Uri> IssueUrlAsync(string container, ContainerAccess access, TimeSpan validFor) =>
        (await Stores.SignerAsync(TimeProvider.System.GetUtcNow() + validFor, default)).UrlOf(container, access);

    /// <summary>A new container.</summary>
    public async Task<string> NewContainerAsync()
    {
        var name = "t-" + Guid.NewGuid().ToString("N");
        await Stores.CreateContainerAsync(name, default);
        return name;
    }

    /// <summary>Stops it as an orderly end does: what it has answered for is in its folder.</summary>
    public async Task StopAsync()
    {
        _ = SendSignal(_process.Id, SigTerm);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
