{
  "targets": [
    {
      "target_name": "warmset",
      "sources": [
        "native/core/advise.cc",
        "native/core/directory.cc",
        "native/core/executor.cc",
        "native/core/features.cc",
        "native/core/file.cc",
        "native/core/file_lock.cc",
        "native/core/fill_engine.cc",
        "native/core/fill_run.cc",
        "native/core/footprint.cc",
        "native/core/mapping.cc",
        "native/core/notify.cc",
        "native/core/open_probe.cc",
        "native/core/page_probe.cc",
        "native/core/priority.cc",
        "native/core/rate_limiter.cc",
        "native/core/read_probe.cc",
        "native/core/residency.cc",
        "native/core/survey.cc",
        "native/core/timed_read.cc",
        "native/core/windows.cc",
        "native/binding/addon.cc",
        "native/binding/advice.cc",
        "native/binding/advise_binding.cc",
        "native/binding/arguments.cc",
        "native/binding/cancel_binding.cc",
        "native/binding/columns.cc",
        "native/binding/context.cc",
        "native/binding/directory_binding.cc",
        "native/binding/features_binding.cc",
        "native/binding/file_lock_binding.cc",
        "native/binding/fill_binding.cc",
        "native/binding/job.cc",
        "native/binding/mapping_binding.cc",
        "native/binding/notify_binding.cc",
        "native/binding/page_runs.cc",
        "native/binding/priority_binding.cc",
        "native/binding/probe_binding.cc",
        "native/binding/rate_limiter_binding.cc",
        "native/binding/residency_binding.cc",
        "native/binding/survey_binding.cc",
        "native/binding/timed_read_binding.cc"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      # 8 loads on every Node since 12.22; 10 compiles and then crashes at load on Node 20.
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED", "_GNU_SOURCE"],
      "cflags_cc": ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden", "-fno-exceptions"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-O3"],
      # A thread stuck in the kernel may outlive its Worker: the code that it returns to must stay mapped.
      "ldflags": ["-Wl,-z,nodelete"]
    }
  ]
}
