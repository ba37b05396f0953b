using System.CommandLine;
using FedOperator.Operator.Commands;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>`fed` in this process, for commands that need none of their own.</summary>
internal static class Fed
{
    /// <summary>Runs a command.</summary>
    /// <returns>Exit code, and what it wrote to stdout and stderr.</returns>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await FedCommand.Create(output, errors).Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
