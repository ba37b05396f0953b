using System.Diagnostics;
using System.Text;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>A trainer or aggregator as a process of this host, with the credential that its pod has.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _credential;
    private readonly StringBuilder _log = new();

    private HostProcess(Process process, string credential)
    {
        (_process, _credential) = (process, credential);
        process.ErrorDataReceived += Take;
        process.OutputDataReceived += Take;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>What it wrote.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>In how many rounds it did something.</summary>
    public int Rounds => Log.Split('\n').Count(line => line.Contains("\"Message\":\"round train", StringComparison.Ordinal));

    /// <summary>Starts one with a key of the job's Secret.</summary>
    public static Task<HostProcess> StartAsync(JobRun run, string key, string verb, params string[] more) => StartAsync(run, run.Name + "-credentials", key, verb, more);

    /// <summary>Starts one with a key of a Secret.</summary>
    public static async Task<HostProcess> StartAsync(JobRun run, string secret, string key, string verb, params string[] more)
    {
        var data = (await run.Kubectl.FindAsync("secret", secret))!["data"]!;
        var value = data[key] ?? data[key + ".json"] ?? throw new InvalidOperationException($"Secret {secret} has no key {key}");
        var credential = Path.GetTempFileName();
        await File.WriteAllBytesAsync(credential, Convert.FromBase64String((string)value!));
        var program = Programs.Source("trainer/bin/Release/net10.0/trainer.dll");
        Assert.True(File.Exists(program), $"{program} is missing: ./fed --version builds it");
        var start = new ProcessStartInfo("dotnet", [program, verb, "--store", run.AccountUrl, "--credential", credential, "--job", run.Id, .. more])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        return new HostProcess(Process.Start(start)!, credential);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_credential);
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.Append(line.Data).Append('\n');
    }
}
