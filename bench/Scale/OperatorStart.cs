using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FedOperator.Bench.Scale;

/// <summary>Starts operators: published as the image has them (Release, ReadyToRun), with the options and defaults of the chart.</summary>
/// <param name="program">Published.</param>
/// <param name="plane">Where they work.</param>
internal sealed class OperatorStart(string program, ControlPlane plane)
{
    /// <summary>The namespace that they serve.</summary>
    public const string Namespace = "ours";

    /// <summary>Publishes the operator, where that was not done since it changed.</summary>
    /// <returns>The program.</returns>
    public static async Task<string> PublishAsync(CancellationToken cancellationToken)
    {
        var root = BenchResult.Repository();
        var output = Path.Join(root, "artifacts", "bench", "fed");
        // As images/build.sh; outputs of its own, so that the usual build's stay as they are.
        await ShellCommand.RunAsync(
            "dotnet",
            ["publish", Path.Join(root, "operator"), "-c", "Release", "-r", "linux-x64", "--no-self-contained", "-p:PublishReadyToRun=true", "--artifacts-path", Path.Join(root, "artifacts", "bench", "build"), "-o", output, "-v", "quiet", "--nologo"],
            environment: null,
            cancellationToken);
        return Path.Join(output, "fed.dll");
    }

    /// <summary>Starts one.</summary>
    public OperatorProcess Start()
    {
        var port = FreePort();
        // charts/fed-operator/templates/deployment.yaml
        string[] arguments =
        [
            program, "operator", $"--trainer-image={ScaleOptions.Image}", $"--namespace={Namespace}", $"--storage-claim={ScaleOptions.Claim}", $"--storage-path={plane.Storage}",
            "--credential-lifetime=24h", "--poll-interval=5s", "--workers=8", "--leader-elect=true", $"--lease-namespace={Namespace}", "--lease-name=fed-operator",
            $"--listen={port.ToString(CultureInfo.InvariantCulture)}", "--pod-metrics-port=9400", "--pod-user=65532",
        ];
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec dotnet \"$@\" 2>>'{plane.Log}' </dev/null", "fed", .. arguments]) { UseShellExecute = false };
        start.Environment["KUBECONFIG"] = plane.Kubeconfig;
        // As the image sets it.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new OperatorProcess(Process.Start(start) ?? throw new InvalidOperationException("the operator did not start"), port, plane.Log);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
