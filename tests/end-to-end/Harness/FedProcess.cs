using System.Diagnostics;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>`fed`, as a user runs it.</summary>
internal static class FedProcess
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs `fed` to its end.</summary>
    /// <returns>Exit code and what it wrote to stdout and stderr.</returns>
    public static Task<(int Code, string Output)> RunAsync(params string[] arguments) => RunAsync("fed.dll", arguments);

    /// <summary>Runs a program of this test's output folder to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {s_limit}", e);
        }
    }
}
