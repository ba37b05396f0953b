using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module of one input and one result.</summary>
        public interface IModule<T, TResult>
        {
            /// <summary>Runs the module and its hooks.</summary>
            TResult call(T input1);
        }

        /// <summary>Parameters, buffers and other modules, by name.</summary>
        public partial class Module : IDisposable
        {
            private readonly Dictionary<string, Parameter> ownParameters = new(StringComparer.Ordinal);
            private readonly Dictionary<string, (Tensor Tensor, bool Persistent)> ownBuffers = new(StringComparer.Ordinal);
            private readonly Dictionary<string, Module> ownModules = new(StringComparer.Ordinal);
            private readonly string name;
            private bool registered;

            /// <summary>By a name for messages.</summary>
            protected Module(string name) => this.name = name;

            /// <summary>Whether it is in training mode.</summary>
            public virtual bool training { get; private set; } = true;

            /// <summary>Its name for messages.</summary>
            public virtual string GetName() => string.IsNullOrEmpty(name) ? GetType().Name : name;

            /// <summary>Parameters, own ones first.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (key, p) in ownParameters)
                    if (!p.IsInvalid && seen.Add(p))
                        yield return (key, p);
                if (!recurse)
                    yield break;
                foreach (var (child, module) in named_children())
                    foreach (var (key, p) in module.named_parameters())
                        if (seen.Add(p))
                            yield return ($"{child}.{key}", p);
            }

            /// <summary>Parameters, own ones first.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>Buffers, own ones first.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (key, (tensor, persistent)) in ownBuffers)
                    if ((persistent || include_nonpersistent) && !tensor.IsInvalid && seen.Add(tensor))
                        yield return (key, tensor);
                if (!recurse)
                    yield break;
                foreach (var (child, module) in named_children())
                    foreach (var (key, tensor) in module.named_buffers(true, include_nonpersistent))
                        if (seen.Add(tensor))
                            yield return ($"{child}.{key}", tensor);
            }

            /// <summary>Buffers, own ones first.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            /// <summary>The modules directly inside.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => ownModules.Select(m => (m.Key, m.Value));

            /// <summary>All modules inside, without this one: those directly inside come first.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children())
                    yield return child;
                foreach (var (child, module) in named_children())
                    foreach (var (key, inner) in module.named_modules())
                        yield return ($"{child}.{key}", inner);
            }

            /// <summary>All modules inside, without this one.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>The modules directly inside.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(m => m.module);

            /// <summary>Whether there is a buffer of this name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>Whether there is a parameter of this name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>A buffer by its full name, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                ownBuffers.TryGetValue(target, out var own) ? own.Tensor : Child(target, out var rest)?.get_buffer(rest);

            /// <summary>A parameter by its full name, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                ownParameters.TryGetValue(target, out var own) ? own : Child(target, out var rest)?.get_parameter(rest);

            /// <summary>Adds a buffer; one that is not persistent stays out of the state.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!ownBuffers.TryAdd(name, (tensor, persistent)))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            /// <summary>Adds a parameter.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!ownParameters.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            /// <summary>Adds a module.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Adds a module; null removes the one of that name.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    ownModules.Remove(name);
                    return;
                }
                if (name.Contains('.', StringComparison.Ordinal))
                    throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (name.Length == 0)
                    throw new ArgumentException("module name can't be empty string \"\"");
                if (!ownModules.TryAdd(name, submodule))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
            }

            /// <summary>Registers the modules, parameters and tensors in this object's fields under the fields' names.</summary>
            protected virtual void RegisterComponents()
            {
                if (registered)
                    return;
                foreach (var field in Fields())
                {
                    if (ownModules.ContainsKey(field.Name) || ownParameters.ContainsKey(field.Name) || ownBuffers.ContainsKey(field.Name))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(field.Name, module);
                            break;
                        case Parameter parameter:
                            register_parameter(field.Name, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(field.Name, tensor);
                            break;
                    }
                }
                registered = true;
            }

            /// <summary>Sets, replaces or (null) removes a parameter.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                    ownParameters.Remove(name);
                else
                    ownParameters[name] = value;
            }

            /// <summary>Sets, replaces or (null) removes a parameter.</summary>
            protected void ConditionallyRegisterParameter(string name, Tensor? value) => ConditionallyRegisterParameter(name, value as Parameter);

            /// <summary>Sets, replaces or (null) removes a buffer.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null)
                    ownBuffers.Remove(name);
                else
                    ownBuffers[name] = (value, persistent);
            }

            /// <summary>Forgets the modules inside.</summary>
            protected void ClearModules() => ownModules.Clear();

            private IEnumerable<FieldInfo> Fields()
            {
                for (var type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                    foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                        yield return field;
            }

            private Module? Child(string target, out string rest)
            {
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                rest = dot < 0 ? "" : target[(dot + 1)..];
                return dot < 0 ? null : named_children().FirstOrDefault(c => string.Equals(c.name, target[..dot], StringComparison.Ordinal)).module;
            }
        }
    }
}
