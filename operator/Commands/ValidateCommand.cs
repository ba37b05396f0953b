using System.CommandLine;

namespace FedOperator.Operator.Commands;

/// <summary>`fed validate FILE`.</summary>
internal static class ValidateCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var file = ManifestFile.Argument();
        var command = new Command("validate", "Says everything that is wrong with a manifest: each field, the value seen, and the fix. Exit code 2 where anything is.") { file };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(file);
            if (ManifestFile.Read(name, errors, forCluster: true) is not { } job)
                return ExitCode.Invalid;
            output.WriteLine($"{name}: job {job.Metadata.Name} is valid.");
            return ExitCode.Done;
        });
        return command;
    }
}
