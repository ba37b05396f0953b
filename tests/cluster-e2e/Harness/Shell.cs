using System.Diagnostics;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>What a program said.</summary>
internal sealed record Said(int Code, string Output, string Error)
{
    public string All => Output + Error;
}

/// <summary>Runs programs to their end.</summary>
internal static class Shell
{
    /// <summary>Whatever its exit code.</summary>
    public static async Task<Said> TryAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Programs.Root,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new Said(process.ExitCode, await output, await error);
    }

    /// <summary>Standard output; a failure of the test unless it ends with 0.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        var list = arguments.ToList();
        var said = await TryAsync(program, list, input);
        Assert.True(said.Code == 0, $"{program} {string.Join(' ', list)}: exit code {said.Code}\n{said.All}");
        return said.Output;
    }
}
